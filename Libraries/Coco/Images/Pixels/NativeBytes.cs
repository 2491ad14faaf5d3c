using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace QatPipeline.Coco.Images.Pixels;

/// <summary>Memory that the system has back as soon as it is disposed, not when the garbage collector comes to it.</summary>
internal sealed unsafe class NativeBytes : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly int _length;

    /// <param name="length">In bytes; their content is whatever it was.</param>
    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    public NativeBytes(int length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle((nint)NativeMemory.Alloc((nuint)length));
    }

    /// <exception cref="ObjectDisposedException">The memory is given back.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return new Span<byte>((void*)handle, _length);
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
