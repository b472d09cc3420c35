"""An order that was made as a guest comes into the account, for programs."""

from app.core.db import transaction
from app.core.errors import NotFound
from app.orders import claims
from app.users import service as users
from app.users.service import Purpose
from blueprints.api.callers import Caller, Guard
from blueprints.api.contract import Api
from blueprints.api.people import Claim
from blueprints.users import sealed
from blueprints.users.asked import Claimed, GiveCode
from blueprints.users.limits import by_address, mailbox_codes, own_codes
from blueprints.users.sealed import CODE

api = Api("claims", "/api/users/me/orders/claims")
CUSTOMER = Guard.CUSTOMER


@api.post(
    "",
    Claim,
    guard=CUSTOMER,
    body=Claimed,
    refuses=(404,),
    limits=(by_address, own_codes, mailbox_codes),
    example={"orderId": "1", "email": "ana@example.com"},
)
def claim_order(body: Claimed, caller: Caller) -> Claim:
    """Bring an order into the account that was made as a guest. Where its mailbox is not known to be one's own, a code
    is sent there: `codeId` waits for it.
    """
    mine, number, email = caller.customer, int(body.order_id), users.mailbox(body.email)
    code_id = claims.ask(mine, number, email)
    if code_id is not None:
        return Claim(claimed=False, code_id=sealed.sealed(CODE, code_id))
    return _taken(claimed=claims.take(mine, number, email))


@api.post(
    "/confirmation",
    Claim,
    guard=CUSTOMER,
    body=GiveCode,
    alone=True,
    refuses=(404,),
    limits=(by_address,),
    example={"codeId": "1-aaaa", "code": "123456"},
)
def confirm_claim(body: GiveCode, caller: Caller) -> Claim:
    """Bring it in with the code from its mailbox."""
    waits = sealed.of_person(body.code_id, caller.customer)
    with transaction():
        code = users.give(waits.id, body.code)
        right = code is not None and code.purpose is Purpose.CLAIM
        taken = claims.take_by(code) is not None if code is not None and right else False
    if not right:
        raise sealed.wrong()
    return _taken(claimed=taken)


def _taken(*, claimed: bool) -> Claim:
    if not claimed:
        raise NotFound(claims.NOT_THERE)
    return Claim(claimed=True, code_id=None)
