using System.Buffers;
using QatPipeline.Coco.Images.Pixels;
using QatPipeline.Foundation;

namespace QatPipeline.Coco.Images;

/// <summary>The bytes of a file in pooled memory; Dispose returns it.</summary>
internal sealed class FileContent : IDisposable
{
    private readonly byte[] _buffer;

    private FileContent(byte[] buffer, int length)
    {
        _buffer = buffer;
        Bytes = buffer.AsMemory(0, length);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <exception cref="CocoException">The file is missing, empty or cannot be read.</exception>
    public static FileContent Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = checked((int)RandomAccess.GetLength(file));
            if (length == 0)
            {
                throw new CocoException($"{path}: the file is empty.");
            }

            if (length > Limits.Pixels.Value * PixelBuffer.PixelSize)
            {
                throw new CocoException($"{path}: has {length} bytes, more than its pixels could need; {Limits.Pixels}.");
            }

            var buffer = ArrayPool<byte>.Shared.Rent(length);
            var read = 0;
            for (var chunk = -1; read < length && chunk != 0; read += chunk)
            {
                chunk = RandomAccess.Read(file, buffer.AsSpan(read, length - read), read);
            }

            return new FileContent(buffer, read);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CocoException($"{path}: no such image file.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new CocoException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
