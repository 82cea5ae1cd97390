"""The processor is told what is read next, so that memory answers while other work goes on."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_READ, _KEEP, _DATA = 0, 3, 1  # LLVM's llvm.prefetch: for reading, into every level of the cache, data


@intrinsic  # type: ignore[untyped-decorator]  # Numba says nothing about types
def prefetch(_typing: Any, values: Any, place: Any) -> Any:
    """For kernels alone, `prefetch(values, place)`: values[place] of a contiguous array of one dimension comes into the
    cache. Nothing changes by it, and a place outside the array is no error."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        where = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
        builder.call(call, [where, *(ir.Constant(number, value) for value in (_READ, _KEEP, _DATA))])
        return context.get_dummy_value()

    return types.void(values, place), generate
