"""The ENS operations that the emulator serves."""

from alicloud_edge_emulator.call import Product
from alicloud_edge_emulator.dialect import Clean, Dialect
from alicloud_edge_emulator.ens.applications import (
    describe_application,
    describe_ens_regions,
    list_applications,
)
from alicloud_edge_emulator.ens.dist import (
    clean_dist_data,
    describe_data_dist_result,
    dist_application_data,
)
from alicloud_edge_emulator.ens.push import describe_data_push_result, push_application_data


def _withheld(dialect: Dialect) -> frozenset[str]:
    return frozenset({"CleanDistData"}) if dialect.clean is Clean.UNSERVED else frozenset()


ENS = Product(
    name="Ens",
    version="2017-11-10",
    ram_prefix="ens",
    host="ens.aliyuncs.com",
    operations={
        "PushApplicationData": push_application_data,
        "DescribeDataPushResult": describe_data_push_result,
        "DistApplicationData": dist_application_data,
        "DescribeDataDistResult": describe_data_dist_result,
        "CleanDistData": clean_dist_data,
        "ListApplications": list_applications,
        "DescribeApplication": describe_application,
        "DescribeEnsRegions": describe_ens_regions,
    },
    withheld=_withheld,
)
