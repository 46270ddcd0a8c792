"""Versions, deleted rules and bulk changes on PostgreSQL: the same queries, the same answers."""


import pytest
from flask.testing import FlaskClient

from rules.models import Rule, RuleVersion

pytestmark = pytest.mark.postgres


def test_a_rule_is_changed_restored_deleted_and_brought_back(admin: FlaskClient, rule: Rule) -> None:
    paths = [
        admin.post("/rules/many", data={"kind": "order", "rule": [rule.id], "hours": "1", "save": "1"}).location,
        admin.post(f"/rules/{rule.id}/history/1").location,
        admin.post("/rules/delete", data={"kind": "order", "rule": rule.id}).location,
        admin.post(f"/rules/{rule.id}/back").location,
    ]
    assert paths == ["/rules?kind=order", f"/rules/{rule.id}/history", "/rules?kind=order", "/rules?kind=order"]
    hows = [row.how for row in RuleVersion.select().order_by(RuleVersion.version)]
    assert hows == ["found", "bulk", "restored:1", "deleted", "returned"]
    shown = [admin.get(path).status_code for path in ("/rules?kind=order", "/rules/deleted", f"/rules/{rule.id}/history")]
    assert shown == [200, 200, 200]
    columns = Rule.select().where(Rule.id == rule.id).dicts().get()
    assert Rule.create(**{**columns, "id": None}).id > rule.id
