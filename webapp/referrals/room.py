"""The room of referrals: staff on one side of the door, referrers without an account on the other."""

from flask import Blueprint

room = Blueprint("referrals", __name__)
