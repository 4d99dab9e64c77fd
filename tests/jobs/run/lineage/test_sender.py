"""Whoever sends never waits; what did not arrive is counted."""

from threading import Event
from time import monotonic

from jobs.run.lineage.sender import Sender


def test_events_arrive_in_the_order_in_which_they_were_sent():
    arrived = []
    sender = Sender(arrived.append)
    for number in range(50):
        sender.send(lambda number=number: number)
    assert sender.close(5) == 0
    assert arrived == list(range(50))


def test_one_that_cannot_be_built_or_delivered_does_not_keep_the_others():
    arrived = []

    def deliver(event):
        if event == "bob":
            raise ConnectionError("first")
        arrived.append(event)

    sender = Sender(deliver)
    for make in (lambda: "ann", lambda: "bob", lambda: 1 // 0, lambda: "cleo"):
        sender.send(make)
    assert sender.close(5) == 2
    assert arrived == ["ann", "cleo"]
    assert isinstance(sender.error, ConnectionError)


def test_a_receiver_that_never_answers_is_left_when_the_time_is_up():
    is_over = Event()
    sender = Sender(lambda _event: is_over.wait(30))
    began = monotonic()
    for _ in range(20):
        sender.send(dict)
    assert monotonic() - began < 0.2
    assert sender.close(0.3) == 20
    assert 0.3 <= monotonic() - began < 2
    is_over.set()
