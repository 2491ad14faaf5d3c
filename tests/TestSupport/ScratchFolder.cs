namespace QatPipeline.TestSupport;

/// <summary>A temporary folder that is gone when disposed.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("qat-test-").FullName;

    public string PathOf(params string[] parts) => Path.Combine([FullName, .. parts]);

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
