"""The core that decides: what is missing, what to start, when a stage is done, when to give up.

Pure. It is handed observations and the time, and answers with a decision; somebody else talks to the cloud
(`pulumi_alicloud_edge.delivery`). One state machine, `rollout.Rollout`, serves data pushes, distributions and
container releases alike.
"""
