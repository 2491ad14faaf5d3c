namespace QatPipeline.EndToEnd;

/// <summary>One system for all classes of tests: its services take longer to start than a run.</summary>
[CollectionDefinition(Name)]
public sealed class DistributedCollection : ICollectionFixture<DistributedSystem>
{
    public const string Name = "distributed system";
}
