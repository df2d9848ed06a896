"""A tree as text: one line, keywords in capitals, parentheses where they carry meaning.

`parse(write(tree)) == tree` for every tree the parser can make.
"""

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
    Literal,
    Macro,
    Moment,
    Not,
    Null,
    Number,
    Operand,
    Order,
    Path,
    Period,
    Query,
    Selected,
    SemiJoin,
    Text,
)


def write(query: Query) -> str:
    """A query as text."""
    words = ["SELECT", ", ".join(map(_item, query.items)), "FROM", query.source]
    words += [query.alias] if query.alias else []
    words += ["WHERE", _condition(query.where)] if query.where else []
    words += ["GROUP BY", ", ".join(map(_operand, query.group_by))] if query.group_by else []
    words += ["HAVING", _condition(query.having)] if query.having else []
    words += ["ORDER BY", ", ".join(map(_order, query.order_by))] if query.order_by else []
    words += ["LIMIT", str(query.limit)] if query.limit is not None else []
    words += ["OFFSET", str(query.offset)] if query.offset is not None else []
    words += [f"FOR {purpose}" for purpose in query.purpose]
    return " ".join(words)


def _item(item: Item) -> str:
    match item:
        case Selected(operand, alias):
            return _operand(operand) + (f" {alias}" if alias else "")
        case Macro(kind):
            return f"FIELDS({kind})"
        case Children(query):
            return f"({write(query)})"


def _operand(operand: Operand) -> str:
    match operand:
        case Path(parts):
            return ".".join(parts)
        case Call(name, argument):
            return f"{name}({_operand(argument) if argument else ''})"


def _order(order: Order) -> str:
    words = [_operand(order.operand), *(["DESC"] if order.descending else [])]
    if order.nulls_last is not None:
        words.append("NULLS LAST" if order.nulls_last else "NULLS FIRST")
    return " ".join(words)


def _condition(condition: Condition) -> str:
    match condition:
        case Both(conditions):
            return " AND ".join(map(_factor, conditions))
        case Either(conditions):
            return " OR ".join(map(_factor, conditions))
        case Not(inner):
            return f"NOT {_factor(inner)}"
        case Comparison(operand, operator, literal):
            return f"{_operand(operand)} {operator} {_literal(literal)}"
        case Includes(operand, texts, negated):
            word = "EXCLUDES" if negated else "INCLUDES"
            return f"{_operand(operand)} {word} ({', '.join(map(_literal, texts))})"
        case Among(operand, literals, negated):
            return f"{_operand(operand)} {_in(negated)} ({', '.join(map(_literal, literals))})"
        case SemiJoin(operand, query, negated):
            return f"{_operand(operand)} {_in(negated)} ({write(query)})"


def _factor(condition: Condition) -> str:
    text = _condition(condition)
    return f"({text})" if isinstance(condition, Both | Either | Not) else text


def _in(negated: bool) -> str:  # noqa: FBT001
    return "NOT IN" if negated else "IN"


def _literal(literal: Literal) -> str:
    match literal:
        case Text(raw):
            return f"'{raw}'"
        case Number(raw):
            return raw
        case Boolean(value):
            return str(value).upper()
        case Null():
            return "NULL"
        case Day(day):
            return day.isoformat()
        case Moment(moment):
            return moment.isoformat().replace("+00:00", "Z")
        case Period(name, count):
            return name if count is None else f"{name}:{count}"
