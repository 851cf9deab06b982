"""`marketing-agent worker`: runs every job when it is due."""

from marketing_agent.cli.output import AsJson, emit, fail, new_app, note
from marketing_agent.store.selfcheck import check_schema
from marketing_agent.workers import clock, logs
from marketing_agent.workers.loop import Worker, stop_on_signals, this_process
from marketing_agent.workers.mail_watch import MailWatch
from marketing_agent.workers.threads import JobThreads

app = new_app("Run the worker alone.")

JOBS_AT_A_TIME = 4


@app.command()
def worker(as_json: AsJson = False) -> None:
    """Run jobs until a signal comes; then finish the steps under way and end."""
    problems = check_schema()
    if problems:
        fail(problems[0])
    logs.configure("worker")
    stopping = stop_on_signals()
    process = this_process(clock.now())
    data = {"worker": process.worker, "pid": process.pid}
    emit(data, as_json=as_json, text=lambda: note(f"Worker {process.worker} is running."))
    with MailWatch(clock.now):
        Worker(process, JobThreads(JOBS_AT_A_TIME), clock.now).run(stopping)
