"""Mutants: a right answer with one thing changed, by program."""

import ast
from collections import Counter
from copy import deepcopy

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def mutants(source):
    """Yield (what was changed, source) of each mutant of a function's source."""
    tree = ast.parse(source)
    seen, names = {ast.unparse(tree)}, Counter()
    for number, node in enumerate(ast.walk(tree.body[0])):
        for what, change in changes_of(node):
            mutant = deepcopy(tree)
            change(list(ast.walk(mutant.body[0]))[number])
            text = ast.unparse(ast.fix_missing_locations(mutant))
            if text not in seen:
                seen.add(text)
                names[what] += 1
                yield what if names[what] == 1 else f"{what}, place {names[what]}", text


def build(text, function):
    """Return the function that a mutant's source defines, among the names of the original."""
    scope = dict(function.__globals__)
    exec(compile(text, f"<mutant of {function.__name__}>", "exec"), scope)
    return scope[function.__name__]


def changes_of(node):
    """Yield (words, function that changes such a node) for all that can be changed in it."""
    match node:
        case ast.Constant(value=bool(value)):
            yield f"{value} → {not value}", _set(value=not value)
        case ast.Constant(value=int(value)):
            for other in (value + 1, value - 1):
                yield f"{value} → {other}", _set(value=other)
        case ast.Constant(value=str(value)):
            yield f"{value!r} → {value + 'x'!r}", _set(value=value + "x")
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            yield (
                f"the other comparison in {ast.unparse(node)}",
                _set(ops=[COMPARISONS[type(op)]()]),
            )
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            yield f"the other operator in {ast.unparse(node)}", _set(op=OPERATORS[type(op)]())
        case ast.UnaryOp(operand=operand):
            yield f"{ast.unparse(node)} → {ast.unparse(operand)}", _set(op=ast.UAdd())
        case ast.Call(args=args, keywords=keywords):
            yield from _changes_of_call(node, args, keywords)
        case ast.If():
            for value in (True, False):
                yield f"if {ast.unparse(node.test)} → {value}", _set(test=ast.Constant(value))
        case ast.Return(value=value) if value is not None:
            yield f"{ast.unparse(node)} → None", _set(value=ast.Constant(None))
        case ast.comprehension(ifs=[_, *_]):
            yield "the condition left out", _set(ifs=[])
    for name in ("body", "orelse"):
        yield from _changes_of_block(name, getattr(node, name, None))


def _changes_of_call(node, args, keywords):
    text = ast.unparse(node)
    for number, arg in enumerate(args):
        rest = args[:number] + args[number + 1 :]
        yield f"{ast.unparse(arg)} left out of {text}", _set(args=rest)
    for number, keyword in enumerate(keywords):
        rest = keywords[:number] + keywords[number + 1 :]
        yield f"{keyword.arg} left out of {text}", _set(keywords=rest)
    for number in range(len(args) - 1):
        swapped = [*args[:number], args[number + 1], args[number], *args[number + 2 :]]
        yield f"arguments {number + 1} and {number + 2} swapped in {text}", _set(args=swapped)


def _changes_of_block(name, block):
    if not isinstance(block, list):
        return
    for number, statement in enumerate(block):
        first = ast.unparse(statement).splitlines()[0]
        yield f"{first} left out", _set_item(name, number, ast.Pass())
        if number + 1 < len(block):
            yield f"{first} after the next statement", _swap(name, number)


def _set(**values):
    def change(node):
        for name, value in values.items():
            setattr(node, name, deepcopy(value))

    return change


def _set_item(name, number, value):
    return lambda node: getattr(node, name).__setitem__(number, value)


def _swap(name, number):
    def change(node):
        block = getattr(node, name)
        block[number], block[number + 1] = block[number + 1], block[number]

    return change
