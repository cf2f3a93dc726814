"""How many instances run which version, and what production serves: in a program, or in a script of its own."""

import pulumi_alicloud_edge as edge

data = edge.get_app_data_status("e76f8985-7965-41fc-925b-9648bb6bf650", names=["assets"])
print(data.running("assets"), "of", data.instances)

web = edge.get_container_app_status("app-88068867578379000001", env="prod")
print(web.published_version, f"{web.publish_percentage} %")
