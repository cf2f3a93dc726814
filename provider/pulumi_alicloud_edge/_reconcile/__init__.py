"""The core that decides: what is missing, what to start, when a stage is done, when to give up.

Pure: observations and the time come in, decisions go out; `pulumi_alicloud_edge._delivery` calls the cloud. One
state machine, `rollout.Rollout`, serves data pushes, distributions and container releases alike.
"""
