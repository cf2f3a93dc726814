"""ESA 2024-09-10: versions of edge container apps, released to staging and production."""
