namespace QatPipeline.Foundation.Tests;

public sealed class FileLockTests
{
    [Fact]
    public void TryTake_HeldByAnother_IsNullUntilFreed()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("lock");

        using (Assert.IsType<FileLock>(FileLock.TryTake(path)))
        {
            Assert.Null(FileLock.TryTake(path));
        }

        using var again = FileLock.TryTake(path);
        Assert.NotNull(again);
    }
}
