"""Sees where answers are alike: the solution word for word, or another's but for names.

This reads the source in a notebook's cells. It runs none of it.
"""

import ast
import hashlib
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

from cartlib.course import index
from cartlib.course.marks import LONGEST, TASKS, Row

ALIKE = "alike"
# Nodes of the syntax tree. Of the 50 solutions, the 9 smaller ones are one or two statements: there
# is hardly another way to write them. The smallest has 14, one in the middle has 45.
SMALLEST = 30
FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda
SPOILT = SyntaxError, ValueError, RecursionError, MemoryError  # of a source that can't be read


class Answer(NamedTuple):
    """An answer's source but for names and formatting, and whether it is the solution."""

    shape: str
    copied: bool


def answers_in(code, lessons) -> dict[str, set[Answer]]:
    """Return, by task, the answers that the code gives to a check; the small ones are left out."""
    tasks = {name.split(".")[1]: name for name in TASKS if _lesson_of(name) in lessons}
    functions, found = {}, {}
    for statement in [part for cell in code for part in _parsed(cell)]:
        try:
            _note(statement, tasks, functions)
            for task, function in _checked(statement, tasks, functions):
                if _size(function) >= SMALLEST:
                    found.setdefault(task, set()).add(_answer(task, function))
        except SPOILT:  # nested too deeply
            continue
    return found


def _lesson_of(task):
    module = task.split(".")[0]
    return next(name for name, m in index.LESSONS.items() if m.__name__.endswith(f".{module}"))


def _parsed(cell) -> list[ast.stmt]:
    try:
        return ast.parse(TransformerManager().transform_cell(cell)).body
    except SPOILT:
        return []


def _note(statement, tasks, functions):
    """Note the exercises that a statement imports by name, and the function that it defines."""
    if isinstance(statement, ast.ImportFrom):
        module = (statement.module or "").rpartition(".")[2]
        for name in statement.names:
            if f"{module}.{name.name}" in TASKS:
                tasks[name.asname or name.name] = f"{module}.{name.name}"
    elif isinstance(statement, FUNCTIONS):
        functions[statement.name] = statement
    elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        functions |= {t.id: statement.value for t in statement.targets if isinstance(t, ast.Name)}


def _checked(statement, tasks, functions):
    """Yield (task, function) for each q1.check(function) of a statement."""
    for call in ast.walk(statement):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            task = tasks.get(ast.unparse(call.func.value))
            given = call.args[0]
            function = functions.get(given.id) if isinstance(given, ast.Name) else given
            if call.func.attr == "check" and task and isinstance(function, FUNCTIONS):
                yield task, function


def _size(function):
    return sum(not isinstance(node, ast.expr_context) for node in ast.walk(_bare(function)))


def _answer(task, function) -> Answer:
    module, name = task.split(".")
    lesson = index.LESSONS[_lesson_of(task)]
    solution = ast.parse(getattr(lesson, name).solution().text).body[0]
    copied = ast.dump(_bare(function)) == ast.dump(_bare(solution))
    return Answer(hashlib.sha256(_shape(function).encode()).hexdigest(), copied)


def _bare(function):
    """Return a copy of a function without its docstring."""
    copy = ast.parse(ast.unparse(function)).body[0]
    if isinstance(copy, FUNCTIONS) and ast.get_docstring(copy) is not None:
        copy.body = copy.body[1:] or [ast.Pass()]
    return copy


def _shape(function) -> str:
    """Return the source with its own names numbered as they come; names from outside stay."""
    tree, numbers = _bare(function), {}
    for node in ast.walk(tree):
        if own := _own_name(node):
            setattr(node, own, numbers.setdefault(getattr(node, own), f"name{len(numbers)}"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = numbers.get(node.id, node.id)
    return ast.dump(tree)


def _own_name(node) -> str | None:
    """Return where a node has the name that it gives to something, if it gives one."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ExceptHandler):
        return "name" if node.name else None
    if isinstance(node, ast.arg):
        return "arg"
    return "id" if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) else None


def alike(found) -> list[Row]:
    """Return what was seen in (student, marks) pairs: a row for each such answer, in order."""
    givers = {}
    for student, marks in found:
        for task, answers in marks.answers.items():
            for answer in answers:
                givers.setdefault((task, answer.shape), set()).add(student)
    return [
        Row(str(marks.path), task, ALIKE, says[:LONGEST])
        for student, marks in found
        for task in marks.tasks
        for answer in sorted(marks.answers.get(task, ()))
        for says in _seen(answer, sorted(givers[task, answer.shape] - {student}))
    ]


def _seen(answer, others):
    """Yield what was seen, in words."""
    if answer.copied:
        yield "The source is that of the solution, but for comments and formatting."
    if others:
        text = "The source is the same as that of {}, but for names, comments and formatting."
        yield text.format(", ".join(others))
