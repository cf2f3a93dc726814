"""What holds for all tests."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # machines are slow at times; how fast it is, bench/ asks
settings.load_profile("untimed")
