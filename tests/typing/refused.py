"""What is wrong in programs. Never run: type checkers must find an error in each marked line, and in no other."""

import pulumi

import pulumi_alicloud_edge as edge

some = pulumi.Output.from_input("1")
push = edge.AppDataPush("push", app_id="e-1", data=[])
dist = edge.AppDataDist("dist", app_id="e-1", data=[])
release = edge.ContainerAppRelease("web", app_id="app-1", version_id="ver-1", env="prod")

# Values of another type.
edge.RolloutArgs(max_failed=[3])  # refused
edge.RolloutArgs(max_failed=2.5)  # refused: no part of a target fails
edge.RolloutArgs(retries="2")  # refused
edge.RolloutArgs(retries=some)  # refused: it is an Output of text
edge.RolloutArgs(stages=edge.StageArgs())  # refused: one stage is no list
edge.StageArgs(bake=edge)  # refused
edge.StageArgs(percentage="10%")  # refused
edge.StageArgs(match=[edge.StageArgs()])  # refused
edge.MatchExpressionArgs(key="region_id", operator="In", values=[1])  # refused
edge.PushDataArgs(name="a", version="1", url="oss://b/a", size="7")  # refused
edge.DistDataArgs(name="a", version="1", dest_path="/a", decompress="yes")  # refused
edge.AppDataPush("regions", app_id="e-1", data=[], regions=[1])  # refused
edge.AppDataDist("other args", app_id="e-1", data=[edge.StageArgs()])  # refused
edge.ContainerAppRelease("env", app_id="app-1", version_id="ver-1", env=True)  # refused
edge.EdgeRelease("an Output", app_id="e-1", data=[], container=some)  # refused: it must be known

# What has to be given, and what nobody knows.
edge.DistDataArgs(name="a", version="1")  # refused: no dest_path
edge.DistDataArgs(name="a", version="1", dest_path="/a", url="oss://b/a")  # refused: an input of a push
edge.StageArgs(percent=10)  # refused
edge.RolloutArgs("stop")  # refused: inputs have names
edge.AppDataDist("regions", app_id="e-1", data=[], regions=["cn-a"])  # refused: an input of a push
edge.ContainerAppRelease("no env", app_id="app-1", version_id="ver-1")  # refused
edge.EdgeRelease("match", app_id="e-1", data=[], match=[])  # refused
edge.RolloutArg(retries=2)  # refused

# Outputs, and keys in them, that do not exist.
pulumi.export("it", push.published_version)  # refused: an output of a release
pulumi.export("it", release.placements)  # refused: an output of data
dist.placements.apply(lambda files: files[0]["succeeded"])  # refused
dist.placements.apply(lambda files: files[0]["failed"][0]["why"])  # refused
dist.placements.apply(lambda files: files["assets"])  # refused: it is a list
dist.owned.apply(lambda owned: owned["assets"][0]["regions"])  # refused
push.data.apply(lambda files: files[0]["url"])  # refused: it is a secret, and no output
pulumi.export("it", edge.get_app_data_status("e-1").of("assets", "1").push.done)  # refused

# Outputs are no plain values.
edge.get_app_data_status(some)  # refused
edge.get_container_app_status("app-1", some)  # refused
pulumi.export("it", push.state_version + 1)  # refused
