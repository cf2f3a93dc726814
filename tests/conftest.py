"""What holds for all tests."""

from hypothesis import settings

# Machines are slow at times; how fast it is, bench/ asks.
settings.register_profile("elsewhere", deadline=None)
# The same examples in every run: what fails, fails for whoever has broken it. Others:
# `pytest --hypothesis-profile elsewhere`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")
