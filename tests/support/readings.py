"""The ways in which a cloud may take what its contract leaves open, beside the emulator's own way."""

WAYS = {
    "paging": ("targets",),
    "visibility": ("delayed",),
    "enumeration": ("as_begun",),
    "superseded": ("deleted", "vanishes"),
    "clean": ("later", "vanishes"),
    "redist": ("ignored", "restarts_all"),
    "selector": ("region_in",),
    "inventory": ("empty",),
    "rollback_env": ("last", "both"),
    "release_fields": ("publishing_first", "both_stay"),
    "partial_release": ("publishing",),
    "lower_share": ("ignored", "refused"),
    "text": ("untidy",),
    "dist_code": ("sample",),
    "repush": ("answers_300",),
    "denied": ("http_403",),
}
"""By dialect; all tests that do not name one run under the emulator's own."""

EVERY_WAY = tuple((dialect, way) for dialect, ways in WAYS.items() for way in ways)
