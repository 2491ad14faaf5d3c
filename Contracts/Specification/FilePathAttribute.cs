namespace QatPipeline.Contracts.Specification;

/// <summary>Marks a key whose value is a file or folder, relative to the specification's own folder.</summary>
/// <param name="words">Values that are no paths but words with a meaning of their own.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute(params string[] words) : Attribute
{
    /// <summary>Values that are no paths but words with a meaning of their own.</summary>
    public IReadOnlyList<string> Words { get; } = words;
}
