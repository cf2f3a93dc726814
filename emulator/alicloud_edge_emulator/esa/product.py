"""The ESA operations that the emulator serves."""

from alicloud_edge_emulator.call import Product
from alicloud_edge_emulator.esa import inventory, release_handlers

ESA = Product(
    name="ESA",
    version="2024-09-10",
    ram_prefix="esa",
    host="esa.cn-hangzhou.aliyuncs.com",
    post_only=frozenset({"PublishEdgeContainerAppVersion", "RollbackEdgeContainerAppVersion"}),
    operations={
        "PublishEdgeContainerAppVersion": release_handlers.publish_edge_container_app_version,
        "RollbackEdgeContainerAppVersion": release_handlers.rollback_edge_container_app_version,
        "GetEdgeContainerAppStatus": release_handlers.get_edge_container_app_status,
        "GetEdgeContainerApp": inventory.get_edge_container_app,
        "ListEdgeContainerApps": inventory.list_edge_container_apps,
        "GetEdgeContainerAppVersion": inventory.get_edge_container_app_version,
        "ListEdgeContainerAppVersions": inventory.list_edge_container_app_versions,
        "GetEdgeContainerAppResourceStatus": inventory.get_edge_container_app_resource_status,
        "GetEdgeContainerStagingDeployStatus": inventory.get_edge_container_staging_deploy_status,
        "GetEdgeContainerDeployRegions": inventory.get_edge_container_deploy_regions,
    },
)
