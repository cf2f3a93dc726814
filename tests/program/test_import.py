"""Every program imports the package in every preview: that must cost next to nothing beside Pulumi itself."""

import subprocess
import sys

HEAVY = ("httpx", "pydantic", "tenacity", "alibabacloud_credentials", "ssl")


def test_importing_the_package_imports_nothing_heavy_that_pulumi_does_not() -> None:
    code = "import pulumi, pulumi.dynamic, sys; before = set(sys.modules); import pulumi_alicloud_edge; "
    code += "print(*sorted(set(sys.modules) - before))"
    imported = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "pulumi_alicloud_edge" in imported
    assert not [module for module in imported if module.partition(".")[0] in HEAVY]
    assert not [module for module in imported if module.startswith("pulumi_alicloud_edge._cloud")]
