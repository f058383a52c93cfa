"""What every part of a group promises, as functions that a plugin's own tests can call.

    from qmlops.testing.contracts import session

    @pytest.mark.parametrize("promise", session.CONTRACT, ids=lambda promise: promise.__name__)
    def test_the_contract(promise, backend):
        promise(backend)

Each promise takes one part, or a way to make it, and raises AssertionError where it is not kept.
"""
