"""The API gateway before the products: signatures, permissions, dispatch, errors."""
