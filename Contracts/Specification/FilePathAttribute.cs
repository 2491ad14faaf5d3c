namespace QatPipeline.Contracts.Specification;

/// <summary>Marks a key whose value is a file or folder, relative to the specification's own folder.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : Attribute;
