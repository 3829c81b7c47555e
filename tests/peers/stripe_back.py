"""Money that goes back, in the Stripe-speaking fake: charges, refunds and disputes, with their events.

Written from Stripe's API reference for the version of `stripe_model`. What is not modelled is refused, never ignored.
"""

import secrets

REFUND = {
    "payment_intent": "text100",
    "charge": "text100",
    "amount": "integer",
    "reason": "text100",
    "metadata[*]": "text500",
    "expand[#]": "expand",
}
REFUNDS = {"payment_intent": "text100", "charge": "text100", "limit": "integer", "expand[#]": "expand"}
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}
LOST_AND_WON = {"won", "lost", "warning_closed"}


class Back:
    """A part of the model; it shares its lock, its clock and its events."""

    def __init__(self, model, refusal, check, metadata):
        self.model, self.refusal, self.check, self.metadata = model, refusal, check, metadata
        self.charges, self.refunds, self.disputes = {}, {}, {}

    def _id(self, kind):
        return f"{kind}_{secrets.token_hex(12)}"

    def charged(self, intent):
        """The charge that a payment made; called when the money is there."""
        cid = self._id("ch")
        intent["latest_charge"] = cid
        self.charges[cid] = {
            "id": cid, "object": "charge", "amount": intent["amount"], "amount_captured": intent["amount"],
            "amount_refunded": 0, "captured": True, "created": int(self.model.now()), "currency": intent["currency"],
            "disputed": False, "livemode": self.model.live, "metadata": dict(intent["metadata"]), "paid": True,
            "payment_intent": intent["id"], "refunded": False, "status": "succeeded",
        }

    def _charge(self, params):
        named = [name for name in ("payment_intent", "charge") if name in params]
        if len(named) != 1:
            raise self.refusal(400, "One of the following params should be provided: payment_intent or charge.")
        if named == ["charge"]:
            charge = self.charges.get(params["charge"])
        else:
            intent = self.model.intents.get(params["payment_intent"])
            charge = self.charges.get(intent["latest_charge"]) if intent else None
        if charge is None:
            raise self.refusal(404, f"No such {named[0]}: '{params[named[0]]}'", named[0], "resource_missing")
        return charge

    def shown(self, thing, params, path="payment_intent"):
        shown = dict(thing)
        if any(name.startswith("expand[") and value == path for name, value in params.items()):
            shown["payment_intent"] = dict(self.model.intents[thing["payment_intent"]])
        return shown

    def create(self, params):
        self.check(params, REFUND)
        with self.model.lock:
            charge = self._charge(params)
            left = charge["amount"] - charge["amount_refunded"]
            amount = int(params.get("amount", left))
            if params.get("reason", "duplicate") not in REASONS:
                raise self.refusal(400, f"Invalid reason: {params['reason']}", "reason")
            if charge["disputed"]:
                raise self.refusal(400, f"Charge {charge['id']} has been charged back; cannot issue a refund.", None,
                                   "charge_disputed")
            if left == 0:
                raise self.refusal(400, f"Charge {charge['id']} has already been refunded.", None,
                                   "charge_already_refunded")
            if amount < 1:
                raise self.refusal(400, "This value must be greater than or equal to 1.", "amount",
                                   "parameter_invalid_integer")
            if amount > left:
                raise self.refusal(400, f"Refund amount ({amount}) is greater than unrefunded amount on charge "
                                   f"({left})", "amount")
            refund = self._made(charge, amount, self.metadata(params, "metadata"), params.get("reason"))
            return self.shown(refund, params)

    def _made(self, charge, amount, metadata, reason):
        rid = self._id("re")
        refund = {
            "id": rid, "object": "refund", "amount": amount, "balance_transaction": None, "charge": charge["id"],
            "created": int(self.model.now()), "currency": charge["currency"],
            "destination_details": {"card": {"type": "refund"}, "type": "card"}, "metadata": metadata,
            "payment_intent": charge["payment_intent"], "reason": reason, "receipt_number": None,
            "source_transfer_reversal": None, "status": "succeeded", "transfer_reversal": None,
        }
        self.refunds[rid] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.model.happened("refund.created", refund)
        self.model.happened("charge.refunded", charge)
        return refund

    def retrieve(self, rid, params):
        self.check(params, {"expand[#]": "expand"})
        if rid not in self.refunds:
            raise self.refusal(404, f"No such refund: '{rid}'", "id", "resource_missing")
        with self.model.lock:
            return self.shown(self.refunds[rid], params)

    def list(self, params):
        self.check(params, REFUNDS)
        limit = int(params.get("limit", 10))
        if not 1 <= limit <= 100:
            raise self.refusal(400, "limit is between 1 and 100", "limit", "parameter_invalid_integer")
        with self.model.lock:
            found = [refund for refund in reversed(list(self.refunds.values()))
                     if all(refund[name] == params[name] for name in ("payment_intent", "charge") if name in params)]
            shown = [self.shown(refund, params, "data.payment_intent") for refund in found[:limit]]
            return {"object": "list", "url": "/v1/refunds", "has_more": len(found) > limit, "data": shown}

    def dispute(self, did, params):
        self.check(params, {"expand[#]": "expand"})
        if did not in self.disputes:
            raise self.refusal(404, f"No such dispute: '{did}'", "dispute", "resource_missing")
        with self.model.lock:
            return self.shown(self.disputes[did], params)

    # What somebody does at Stripe's own pages, and banks.

    def act(self, verb, body):
        with self.model.lock:
            if verb == "refund":
                charge = self._charge({"payment_intent": body["payment_intent"]})
                left = charge["amount"] - charge["amount_refunded"]
                amount = body.get("amount", left)
                if not 1 <= amount <= left:
                    raise self.refusal(400, f"{left} is left")
                return self._made(charge, amount, body.get("metadata", {}), None)
            if verb == "fail_refund":
                refund = self.refunds[body["refund"]]
                refund.update(status="failed", failure_reason="expired_or_canceled_card")
                charge = self.charges[refund["charge"]]
                charge["amount_refunded"] -= refund["amount"]
                charge["refunded"] = False
                self.model.happened("refund.updated", refund)
                self.model.happened("refund.failed", refund)
                return dict(refund)
            if verb == "dispute":
                charge = self._charge({"payment_intent": body["payment_intent"]})
                did = self._id("dp")
                charge["disputed"] = True
                self.disputes[did] = {
                    "id": did, "object": "dispute", "amount": charge["amount"] - charge["amount_refunded"],
                    "balance_transactions": [], "charge": charge["id"], "created": int(self.model.now()),
                    "currency": charge["currency"], "enhanced_eligibility_types": [], "evidence": {},
                    "evidence_details": {"due_by": int(self.model.now()) + 7 * 86_400, "enhanced_eligibility": {},
                                         "has_evidence": False, "past_due": False, "submission_count": 0},
                    "is_charge_refundable": False, "livemode": self.model.live, "metadata": {},
                    "payment_intent": charge["payment_intent"], "reason": body.get("reason", "fraudulent"),
                    "status": "needs_response",
                }
                self.model.happened("charge.dispute.created", self.disputes[did])
                return dict(self.disputes[did])
            if verb == "decide" and body.get("status") in LOST_AND_WON:
                dispute = self.disputes[body["dispute"]]
                dispute["status"] = body["status"]
                self.charges[dispute["charge"]]["disputed"] = body["status"] == "lost"
                self.model.happened("charge.dispute.closed", dispute)
                return dict(dispute)
            raise self.refusal(400, f"no such control: {verb}")
