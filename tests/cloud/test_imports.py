from __future__ import annotations

import subprocess
import sys

LOAD = """
import sys, types
package = types.ModuleType("pulumi_alicloud_edge")
package.__path__ = [sys.argv[1]]
sys.modules["pulumi_alicloud_edge"] = package  # the client alone, without the package's public face
import pulumi_alicloud_edge._cloud.client
print("\\n".join(sys.modules))
"""


def test_the_client_loads_no_heavy_packages_before_they_are_needed() -> None:
    import pulumi_alicloud_edge

    (folder,) = pulumi_alicloud_edge.__path__
    done = subprocess.run([sys.executable, "-c", LOAD, folder], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"httpx", "pydantic", "tenacity"} <= loaded
    assert not loaded & {"pulumi", "grpc", "requests", "aiohttp", "alibabacloud_credentials", "Tea"}
    own = {name for name in done.stdout.split() if name.startswith("pulumi_alicloud_edge.")}
    assert {name.split(".")[1] for name in own} == {"_cloud", "_errors"}
