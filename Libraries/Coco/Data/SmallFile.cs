namespace QatPipeline.Coco.Data;

/// <summary>Text files that are small by their nature: what is large is something else, and not read.</summary>
internal static class SmallFile
{
    private const long Largest = 16 << 20;

    /// <exception cref="CocoException">The file is missing, too large or cannot be read.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            return new FileInfo(path).Length <= Largest
                ? File.ReadAllText(path)
                : throw new CocoException($"{path}: larger than {Largest >> 20} MiB, which {what} is not.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CocoException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    public static string[] ReadLines(string path, string what) => Read(path, what).Split('\n');
}
