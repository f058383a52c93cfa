"""The compiler, in a process of its own: `python -m qmlops.simulate.kernel.build forward float32`.

Writes machine code for this processor to stdout. Numba optimises each function with all that it
calls, again and again on the way up; told by NUMBA_OPT=0 to leave that out, it gives the whole
program as it is, to be optimised here once. That halves the time.
"""

from __future__ import annotations

import gc
import sys

from llvmlite import binding as llvm

from qmlops.simulate.machine import machine


def build(entry: str, scalar: str) -> bytes:
    """An object file with one C function, `entry`, for buffers of a scalar type."""
    from qmlops.simulate.kernel.entry import ENTRIES, SCALARS

    function = ENTRIES[entry](SCALARS[scalar])
    module = llvm.parse_assembly(function.inspect_llvm())
    for inner in (*module.functions, *module.global_variables):
        if not inner.is_declaration:
            inner.linkage = "internal"
    whole = module.get_function(function.native_name)
    whole.linkage, whole.name = "external", entry
    target = machine()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(target, tuning)
    builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


if __name__ == "__main__":
    gc.disable()  # an eighth of the time would go into looking for cycles, in a process that ends at once
    sys.stdout.buffer.write(build(*sys.argv[1:3]))
