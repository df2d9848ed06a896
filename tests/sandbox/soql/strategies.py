"""Trees at random: any query for the printer, conditions over Thing__c for the compiler."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

from include.sandbox.soql.parser import RESERVED
from include.sandbox.soql.periods import COUNTED, PLAIN
from include.sandbox.soql.tree import (
    Among,
    Boolean,
    Both,
    Call,
    Children,
    Comparison,
    Condition,
    Day,
    Either,
    Includes,
    Item,
    Macro,
    Moment,
    Not,
    Null,
    Number,
    Order,
    Path,
    Period,
    Query,
    Selected,
    SemiJoin,
    Text,
)

EARLIEST = datetime(1700, 1, 2)  # noqa: DTZ001  hypothesis adds the time zone
_WORDS = RESERVED | {"SELECT", "AS", "TRUE", "FALSE", "NULL", "FIELDS"}
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name.upper() not in _WORDS
)
paths = st.lists(names, min_size=1, max_size=6).map(lambda parts: Path(tuple(parts)))
calls = st.builds(Call, names.map(str.upper), st.none() | paths)
operands = paths | calls
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12).map(Text.of)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
literals = st.one_of(
    texts,
    st.integers(-(10**9), 10**9).map(lambda number: Number(str(number))),
    st.decimals(-1000, 1000, places=2).map(lambda number: Number(str(number))),
    st.booleans().map(Boolean),
    st.just(Null()),
    st.dates(date(1700, 1, 1)).map(Day),
    st.datetimes(EARLIEST, timezones=offsets | st.just(UTC)).map(Moment),
    st.sampled_from(sorted(PLAIN)).map(Period),
    st.builds(Period, st.sampled_from(sorted(COUNTED)), st.integers(0, 9999)),
)
operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "LIKE"])


def _some(rule: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
    return st.lists(rule, min_size=2, max_size=3).map(tuple)


def grown(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Conditions over some leaves."""
    return st.recursive(
        leaves,
        lambda rule: st.one_of(_some(rule).map(Both), _some(rule).map(Either), rule.map(Not)),
        max_leaves=6,
    )


def _queries(inner: st.SearchStrategy[Query] | None) -> st.SearchStrategy[Query]:
    leaves: st.SearchStrategy[Condition] = st.one_of(
        st.builds(Comparison, operands, operators, literals),
        st.builds(
            Among, operands, st.lists(literals, min_size=1, max_size=3).map(tuple), st.booleans()
        ),
        st.builds(
            Includes, operands, st.lists(texts, min_size=1, max_size=2).map(tuple), st.booleans()
        ),
    )
    items: st.SearchStrategy[Item] = st.one_of(
        st.builds(Selected, operands, st.none() | names),
        st.sampled_from(["ALL", "STANDARD", "CUSTOM"]).map(Macro),
    )
    if inner is not None:
        leaves |= st.builds(SemiJoin, operands, inner, st.booleans())
        items |= st.builds(Children, inner)
    return st.builds(
        Query,
        items=st.lists(items, min_size=1, max_size=3).map(tuple),
        source=names,
        alias=st.none() | names,
        where=st.none() | grown(leaves),
        group_by=st.lists(operands, max_size=2).map(tuple),
        having=st.none() | grown(leaves),
        order_by=st.lists(
            st.builds(Order, operands, st.booleans(), st.sampled_from([None, True, False])),
            max_size=2,
        ).map(tuple),
        limit=st.none() | st.integers(0, 50_000),
        offset=st.none() | st.integers(0, 2000),
        purpose=st.lists(st.sampled_from(["VIEW", "REFERENCE", "UPDATE"]), max_size=2).map(tuple),
    )


queries = _queries(_queries(None))
