"""What every part of a group promises, as functions that a plugin's own tests can call.

    from qmlops.testing.contracts import encoder

    @pytest.mark.parametrize("promise", encoder.CONTRACT, ids=lambda promise: promise.__name__)
    def test_the_contract(promise):
        promise(Mine())

Each raises AssertionError where it is not kept. `circuit`, `data`, `encoder`, `gradient`, `noise`,
`objective`, `optimizer`, `readout` and `router` take a part, `session` a way to make a backend: CONTRACT is
for those of a provider, LOCAL for those of this machine. What holds for some objectives alone stands apart.
"""
