"""What a failed history tells: seed, law, the shortest history, and how to play it again."""

from tests.simulation.play import Problem, play
from tests.simulation.shrink import shortest
from tests.simulation.steps import History


def told(history: History, problem: Problem) -> str:
    """A failure in words."""
    short = shortest(history, problem.law)
    left = [one for one in play(short) if one.law == problem.law]
    settings = ", ".join(f"{name}={value}" for name, value in short.settings)
    lines = [
        f"seed {history.seed} breaks {problem}",
        f"the shortest history that breaks {problem.law} ({', '.join(short.types)};"
        f" {settings or 'settings as shipped'}; {short.batch} records per write):",
        *(f"  {step}" for step in short.steps),
        *(f"  -> {one}" for one in left[:3]),
        f"again: {again(short)}",
    ]
    return "\n".join(lines)


def again(history: History) -> str:
    """The line to copy."""
    return f"make simulate SEED={history.seed} KEEP={','.join(history.numbers)}"
