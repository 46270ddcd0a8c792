"""What a template may contain, and what its author is told about the rest."""

import time

import pytest

from core import i18n
from emails import check, grammar, markup, names, placeholders, proof


@pytest.fixture(autouse=True)
def english():
    with i18n.speaking("en"):
        yield


def refusal(source: str) -> grammar.Wrong:
    with pytest.raises(grammar.Wrong) as caught:
        proof.check(source, ["serial"])
        markup.read(source)
    return caught.value


@pytest.mark.parametrize(
    "source",
    [
        "{{ record.number }}",
        "{{ record.number | upcase | default: 'none' }}",
        "{{ record.fields.serial }}",
        "{% if record.open %}{{ record.open }}{% elsif link %}x{% else %}y{% endif %}",
        "{% unless record.open %}paid{% endunless %}",
        "{% if record.status_key == 'ready' and record.items.size > 2 %}many{% endif %}",
        "{% for item in record.items limit: 3 %}{{ forloop.index }} {{ item.name }}{% endfor %}",
        "[a]({{ link }}) [b](https://example.org/a?b=c) [c](mailto:a@example.org) [d](tel:+4930123)",
        "plain {curly} 100 % { % } text",
    ],
)
def test_it_accepts_what_is_on_the_lists(source):
    proof.check(source, ["serial"])
    markup.read(source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ record.numbr }}", "“record.numbr”. Did you mean “record.number”?"),
        ("{{ record.fields.seral }}", "Did you mean “record.fields.serial”?"),
        ("{{ secret }}", "There is no placeholder “secret”."),
        ("{{ record.__class__ }}", "There is no placeholder"),
        ("{{ record.kind.statuses }}", "There is no placeholder"),
        ("{{ record[link] }}", "Square brackets"),
        ("{{ record['items'] }}", "Square brackets"),
        ("{{ record.items | default: 'x' }}", "stands by itself"),
        ("{{ 'x' | default: record.items }}", "stands by itself"),
        ("{{ (1..1000000000) | upcase }}", "Ranges"),
        ("{{ record.number | join }}", "There is no “join”"),
        ("{{ record.number | safe }}", "There is no “safe”"),
        ("{% assign x = 1 %}", "“{% assign %}” cannot be used here"),
        ("{% include 'x' %}", "cannot be used here"),
        ("{% raw %}{{ x }}{% endraw %}", "cannot be used here"),
        ("{% liquid assign x = 1 %}", "cannot be used here"),
        ("{% for i in (1..9) %}{% endfor %}", "only go over record.items"),
        ("{% for i in record.number %}{% endfor %}", "only go over record.items"),
        ("{% for a in record.items %}{% for b in record.items %}{% endfor %}{% endfor %}", "inside another one"),
        ("{% for a in record.items %}{{ a }}{% endfor %}", "“a” cannot be used here"),
        ("{% for a in record.items %}{{ a.secret }}{% endfor %}", "There are a.name"),
        ("{% if link %}" * 40 + "{% endif %}" * 40, "too many conditions"),
        ("{% if link %}", "“{% endif %}” is missing"),
        ("{{", "cannot be read"),
        ("{% endif %}", "cannot be read"),
        ("{{ }}", "cannot be read"),
    ],
)
def test_it_refuses_the_rest_with_a_sentence(source, said):
    assert said in str(refusal(source))


GERMAN = """{{ Anrede }}
{% if auftrag.offen %}{{ vorgang.offen | default: 'kunde.name' }}{% endif %}
{{ order.number }} {{ kunde.name }} {{ standort.oeffnungszeiten }} {{ Standort.Öffnungszeiten }} {{ ereignis.text }}
{% for posten in auftrag.positionen %}{{ posten.menge }} {{ posten.name }}{% endfor %}
{{ auftrag.felder.serial }} {% if auftrag.positionen.anzahl > 2 %}viele{% endif %} [x]({{ link }}) kunde.name"""
OURS = """{{ greeting }}
{% if record.open %}{{ record.open | default: 'kunde.name' }}{% endif %}
{{ record.number }} {{ customer.name }} {{ location.hours }} {{ location.hours }} {{ event.text }}
{% for posten in record.items %}{{ posten.quantity }} {{ posten.name }}{% endfor %}
{{ record.fields.serial }} {% if record.items.size > 2 %}viele{% endif %} [x]({{ link }}) kunde.name"""


def test_r8_every_placeholder_has_a_german_name_and_either_may_be_written():
    assert grammar.own(GERMAN) == OURS and grammar.own(OURS) == OURS
    proof.check(GERMAN, ["serial", placeholders.EVENT])
    markup.read(GERMAN)


@pytest.mark.parametrize("key", placeholders.PLACEHOLDERS)
def test_r8_the_name_that_is_offered_is_understood(key):
    with i18n.speaking("de"):
        german = names.shown(key)
    assert names.own(german) == key and names.shown(key) == key
    assert german != key or key in ("link",), f"{key} has no German name"


@pytest.mark.parametrize(("source", "near"), [
    ("{{ auftrag.numer }}", "auftrag.nummer"), ("{{ order.numer }}", "order.number"), ("{{ kunde.nam }}", "kunde.name"),
    ("{{ vorgang.felder.seral }}", "vorgang.felder.serial"), ("{{ standort.öffnungszeit }}", "standort.öffnungszeiten"),
])
def test_r8_the_nearest_name_is_offered_in_the_language_that_was_typed(source, near):
    assert f"Did you mean “{near}”?" in str(refusal(source))


def test_a_loop_s_lines_are_not_called_like_a_placeholder():
    assert "please call the lines of the loop otherwise" in str(refusal("{% for auftrag in record.items %}{% endfor %}"))


def test_a_fault_names_its_column_also_behind_a_german_name():
    wrong = refusal("eins\n{{ auftrag.nummer }} {{ nichts }}")
    assert (wrong.line, wrong.column) == (2, 25)


def test_a_fault_of_the_shape_names_its_column_too():
    wrong = refusal("eins\n{{ auftrag.nummer }} [x](http://{{ link }})")
    assert (wrong.line, wrong.column) == (2, 33)


def test_a_fault_names_its_line():
    assert refusal("one\n\nthree {{ nothing }}").line == 3
    assert refusal("one\n{% if link %}\nthree").line == 2


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "[x](//example.org)",
        "[x](/somewhere)",
        "[x](file:///etc/passwd)",
        "[x]({{ customer.name }})",
        "[x](https://{{ customer.name }}/)",
        "[x]({{ link | upcase }})",
        "[x]({{ link }}{{ link }})",
        "[x][1]\n\n[1]: vbscript:x",
    ],
)
def test_a_link_leads_only_where_links_may_lead(source):
    assert "A link begins with" in str(refusal(source))


@pytest.mark.parametrize(
    "source",
    [
        "one {% if link %}two\n\nthree{% endif %}",
        "**a {% if link %}b** c{% endif %}",
        "- a {% if link %}\n- b{% endif %}",
    ],
)
def test_a_condition_that_overlaps_a_paragraph_is_refused(source):
    assert "A condition ends where it began" in str(refusal(source))


def test_depth_is_limited():
    assert "indented" in str(refusal("> " * 500 + "a"))
    assert "indented" in str(refusal(" " * 400 + "- a"))
    nested = "\n".join("    " * depth + "- a" for depth in range(8))
    assert "too deep" in str(refusal(nested))


@pytest.mark.parametrize(
    "piece", ["[", "*", "**a ", "`", "![", "<", "[a](", "&", "_a", "> ", "\n- - - ", "a\n===\n", "#", "\\", "{{ link }}"]
)
def test_64_kilobytes_of_anything_are_answered_soon(piece):
    start = time.process_time()
    check.text_faults({"subject": "x", "body": piece * (64 * 1024 // len(piece))}, "de", None)
    assert time.process_time() - start < 5


def test_too_long_a_text_is_refused():
    long = check.text_faults({"subject": "s" * 501, "body": "ö" * 40_000}, "de", None)
    assert [(one.field, one.sentence) for one in long] == [
        ("subject", "This text is too long."),
        ("body", "This text is too long."),
    ]


def test_the_language_of_the_company_may_not_be_missing():
    english_only = {"en": {"subject": "Hello", "body": "Hello"}}
    assert [(one.language, one.field) for one in check.faults("Name", english_only, None, "de")] == [
        ("de", "subject"),
        ("de", "body"),
    ]
    assert check.faults("Name", english_only, None, "en") == []


def test_a_template_has_a_name():
    assert check.faults("  ", {"de": {"subject": "a", "body": "b"}}, None, "de")[0].field == "name"


def test_the_items_are_no_part_of_a_subject():
    faults = check.text_faults({"subject": "{{ record.items }}", "body": "x"}, "de", None)
    assert "cannot stand in a subject" in faults[0].sentence


def test_hints_tell_what_may_be_forgotten():
    texts = {
        "de": {"subject": "S", "body": "{{ greeting }} {{ record.open }} {{ link }}"},
        "en": {"subject": "S", "body": "x"},
    }
    said = [hint.sentence for hint in check.hints(texts)]
    assert "English: the link to the status page is missing." in said
    assert "English: record.open stands only in the other language." in said
    assert not any(sentence.startswith("Deutsch") for sentence in said)
    assert any("missing in English" in hint.sentence for hint in check.hints({"de": texts["de"]}))
