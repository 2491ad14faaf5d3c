namespace QatPipeline.Coco.Data;

/// <summary>Something in a data set that was mended or passed over, so that it could be used.</summary>
/// <param name="What">What was found, and what was done with it.</param>
/// <param name="Count">How often.</param>
/// <param name="First">Where it was found first.</param>
public sealed record DataRemark(string What, int Count, string First)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Count} {What} (the first: {First})";
}
