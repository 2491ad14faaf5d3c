using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QatPipeline.Torch.Parallel;

/// <summary>Memory that the garbage collector does not know, which grows to what is asked of it.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private void* _memory;
    private nuint _size;

    /// <summary>Room for so many values, whose content is undefined; valid until the next call.</summary>
    public Span<T> Of<T>(int length)
        where T : unmanaged
    {
        var size = (nuint)length * (nuint)Unsafe.SizeOf<T>();
        if (size > _size)
        {
            _memory = NativeMemory.Realloc(_memory, size);
            _size = size;
        }

        return new Span<T>(_memory, length);
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _size = 0;
    }
}
