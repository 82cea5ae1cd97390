"""A recipe, built: what `gristmill run` does, and `gristmill.run` of Python."""

from corpus.planning import admission, domain_lists, estimate, inputs, opening, outputs, plan, plugin_lines, term_lists
from corpus.planning.plan import Plan
from corpus.report import funnel, run_page
from corpus.stages.recipe import Recipe
from corpus.stages.report import REPORT
from jobs import build
from jobs.engine import collector
from jobs.engine.console import Console
from jobs.engine.session import Session


def run(read: Recipe, session: Session, until: str, console: Console) -> Plan:
    """Build what is missing up to `until`, and say so; the session is stopped. Raises CorpusError."""
    try:
        plan.check_name(read, until)
        for line in (
            *plugin_lines.lines(read),
            *admission.lines(read),
            *domain_lists.lines(read),
            *term_lists.lines(read),
        ):
            console.say(line)
        build.check_root(read)
        listed = inputs.listing(read)
        for line in inputs.passed_lines(listed):
            console.say(line)
        planned = opening.plan_of(read, listed, remember=True)
        collector.keep()  # modules and the plan
        console.event("begin", recipe=read.name, root=read.root, stages=list(planned.stages))
        build.run(planned, session, console.say, until, lambda line, facts: console.say(line, "stage", **facts))
    finally:
        session.stop()
    if until == REPORT.name:
        marks = {name: one.fingerprint for name, one in planned.stages.items()}
        console.say(funnel.text(planned), "end", outputs=outputs.of(read.root, marks))
        taken = estimate.compared(planned)
        console.say("\n".join(["", *taken, "", f"this    {run_page.publish(read.root, read.name, taken)}"]))
    return planned
