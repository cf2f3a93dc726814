"""What the contract leaves open, and the ways in which the emulator can settle it.

The vendor's documents do not say how the service behaves in these points. Each is one enum whose first member
(`repush` excepted, see there) is the way taken unless told otherwise; a client has to work with all of them.
"""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from alicloud_edge_emulator.problems import Refused, explain


class Paging(StrEnum):
    """What one entry of a paged describe is."""

    GROUPS = "groups"
    """One entry is one (name, version) with all its targets."""
    TARGETS = "targets"
    """One entry is one target; a (name, version) may go on over pages."""


class Visibility(StrEnum):
    """When a started push or dist shows in the describes."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"


class Enumeration(StrEnum):
    """Which targets of a started push or dist are listed."""

    ALL = "all"
    AS_BEGUN = "as_begun"
    """Each target appears when its work begins."""


class Superseded(StrEnum):
    """What becomes of the older version's record when a newer one has arrived on an instance."""

    KEPT = "kept"
    DELETED = "deleted"
    VANISHES = "vanishes"


class Clean(StrEnum):
    """What CleanDistData does to the records."""

    DELETED = "deleted"
    LATER = "later"
    VANISHES = "vanishes"
    UNSERVED = "unserved"
    """The operation is not served: the vendor's published metadata does not list it. See `unserved`."""


class Redist(StrEnum):
    """What distributing a version does where it has a SUCCESS record already."""

    ANEW = "anew"
    """Starts again where another version came after it; leaves alone where it is the newest."""
    IGNORED = "ignored"
    """Accepted, and nothing moves until the newer version is cleaned there."""
    RESTARTS_ALL = "restarts_all"
    """Starts again everywhere, also where it is the newest."""


class Selector(StrEnum):
    """Which match expressions DistApplicationData accepts."""

    ANY = "any"
    REGION_IN = "region_in"
    """`region_id In` only."""


class Inventory(StrEnum):
    """Whether DescribeApplication lists the instances."""

    LISTED = "listed"
    EMPTY = "empty"
    UNSERVED_LISTED = "unserved_listed"
    """Lists one more instance in each region, as running, that no dist reaches and no start answer names."""


class RollbackEnv(StrEnum):
    """The environment that RollbackEdgeContainerAppVersion, which names none, acts on."""

    PROD = "prod"
    LAST = "last"
    """The one that was published last."""
    BOTH = "both"


class ReleaseFields(StrEnum):
    """Which field of AppStatus moves first when a release arrives."""

    DEPLOYED_FIRST = "deployed_first"
    """DeployedVersion flips; PublishingVersion empties a little later."""
    PUBLISHING_FIRST = "publishing_first"
    """PublishingVersion empties; DeployedVersion flips a little later."""
    BOTH_STAY = "both_stay"
    """DeployedVersion flips and PublishingVersion keeps the version."""


class PartialRelease(StrEnum):
    """PublishStatus of a release that has reached the part that was asked for."""

    PUBLISHED = "published"
    PUBLISHING = "publishing"


class LowerShare(StrEnum):
    """Publishing the version that is released already to a smaller percentage, or to fewer regions."""

    CARRIED_OUT = "carried_out"
    """The share moves evenly down."""
    IGNORED = "ignored"
    """Accepted, and nothing moves."""
    REFUSED = "refused"
    """400 InvalidParameter.Percentage."""


class Text(StrEnum):
    """How tidy the values are."""

    CLEAN = "clean"
    UNTIDY = "untidy"
    """Trailing newlines, the sample's `pubishing`, counts as strings."""


class DistCode(StrEnum):
    """DistResult.ResultCode of an accepted file."""

    ZERO = "zero"
    SAMPLE = "sample"
    """400 with `Success`, as the documented sample shows."""


class Repush(StrEnum):
    """What pushing does where the last attempt failed."""

    RESTARTS = "restarts"
    """Answers 0 and starts the failed regions anew (the default)."""
    ANSWERS_300 = "answers_300"
    """Answers 300 once and clears the failure; the call after starts anew."""


class Hung(StrEnum):
    """What a start does where the work of the last one hangs, so that it would never end."""

    RESTARTS = "restarts"
    """It begins anew (the default)."""
    STAYS = "stays"
    """Nothing: for the cloud it is under way, and a start of what is under way changes nothing."""


class Denied(StrEnum):
    """The HTTP status of a denied permission."""

    HTTP_400 = "http_400"
    HTTP_403 = "http_403"


class Unserved(StrEnum):
    """The code of an operation that a product does not serve; the HTTP status is 404, the text the same."""

    INVALID_ACTION = "invalid_action"
    """InvalidAction.NotFound."""
    INVALID_API = "invalid_api"
    """InvalidApi.NotFound."""


class Dialect(BaseModel):
    """One way for each open point."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paging: Paging = Paging.GROUPS
    visibility: Visibility = Visibility.IMMEDIATE
    enumeration: Enumeration = Enumeration.ALL
    superseded: Superseded = Superseded.KEPT
    clean: Clean = Clean.DELETED
    redist: Redist = Redist.ANEW
    selector: Selector = Selector.ANY
    inventory: Inventory = Inventory.LISTED
    rollback_env: RollbackEnv = RollbackEnv.PROD
    release_fields: ReleaseFields = ReleaseFields.DEPLOYED_FIRST
    partial_release: PartialRelease = PartialRelease.PUBLISHED
    lower_share: LowerShare = LowerShare.CARRIED_OUT
    text: Text = Text.CLEAN
    dist_code: DistCode = DistCode.ZERO
    repush: Repush = Repush.RESTARTS
    hung: Hung = Hung.RESTARTS
    denied: Denied = Denied.HTTP_400
    unserved: Unserved = Unserved.INVALID_ACTION

    def changed(self, changes: Any) -> Self:
        """This dialect with some points settled otherwise.

        Raises:
            Refused: A point or a way is unknown.
        """
        if not isinstance(changes, dict):
            raise Refused("dialect: expected an object of name and way")
        try:
            return type(self).model_validate(self.model_dump() | changes)
        except ValidationError as error:
            raise Refused(explain("dialect", error)) from error
