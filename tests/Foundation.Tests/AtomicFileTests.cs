namespace QatPipeline.Foundation.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Target => _folder.PathOf("target.bin");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_EachForm_ReplacesTheFile_AndLeavesNothingBeside()
    {
        AtomicFile.Write(Target, [1]);
        Assert.Equal([1], await File.ReadAllBytesAsync(Target, Token));
        AtomicFile.Write(Target, stream => stream.Write([2, 2]));
        Assert.Equal([2, 2], await File.ReadAllBytesAsync(Target, Token));
        AtomicFile.WriteBeside(Target, path => File.WriteAllBytes(path, [3]));
        Assert.Equal([3], await File.ReadAllBytesAsync(Target, Token));
        await AtomicFile.WriteAsync(Target, (stream, token) => stream.WriteAsync(new byte[] { 4 }, token).AsTask(), Token);
        Assert.Equal([4], await File.ReadAllBytesAsync(Target, Token));
        Assert.Single(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public async Task Write_WriterFails_KeepsWhatWasThere()
    {
        AtomicFile.Write(Target, [1]);

        Assert.Throws<IOException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write([9, 9, 9]);
            throw new IOException("the disk is full");
        }));
        await Assert.ThrowsAsync<OperationCanceledException>(() => AtomicFile.WriteAsync(
            Target, (_, _) => throw new OperationCanceledException(), Token));

        Assert.Equal([1], await File.ReadAllBytesAsync(Target, Token));
        Assert.Single(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Write_MissingFolder_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(_folder.PathOf("missing", "file"), [1]));
}
