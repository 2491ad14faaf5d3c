using System.Buffers;

namespace QatPipeline.Runs.Artifacts;

/// <summary>Checks names that come from outside before they become blob names or paths.</summary>
public static class BlobNames
{
    private const int LongestName = 512;
    private const int LongestSegment = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+");

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether the text is a safe file name: letters, digits, <c>. _ - +</c>, not starting with a dot.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= LongestSegment && name[0] != '.' && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Returns the name, or throws where it is not a safe file name.</summary>
    /// <exception cref="ArtifactException">The name could leave its folder or is not portable.</exception>
    public static string FileName(string name) =>
        IsFileName(name) ? name : throw new ArtifactException(
            $"'{name}' is not a usable artifact name: use letters, digits and . _ - + only, not starting with a dot.");

    /// <summary>Returns the name, or throws where one of its slash-separated segments is not a safe file name.</summary>
    /// <exception cref="ArtifactException">The name is empty, too long or has an unsafe segment.</exception>
    public static string Blob(string name) =>
        name.Length <= LongestName && name.Split('/').All(IsFileName)
            ? name
            : throw new ArtifactException($"'{name}' is not a usable blob name: every part between slashes must be a plain file name.");

    /// <summary>Whether the text is a lower-case hexadecimal SHA-256.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    /// <summary>Returns the digest, or throws where it is not lower-case hexadecimal SHA-256.</summary>
    /// <exception cref="ArtifactException">The text is not a digest.</exception>
    public static string Digest(string text) =>
        IsDigest(text) ? text : throw new ArtifactException($"'{text}' is not a SHA-256 digest: 64 lower-case hexadecimal digits.");
}
