namespace QatPipeline.Detectors.Outputs;

/// <summary>Which of the data set's classes the numbers of a model's class are for.</summary>
internal static class ClassMap
{
    /// <returns>For every number of an anchor the class; −1 for one that is not read.</returns>
    public static int[] Of(DetectorDescription description, IReadOnlyList<long> categoryIds)
    {
        if (description.IsByCategoryId)
        {
            var size = (int)categoryIds.Max() + (description.Background == BackgroundClass.Last ? 2 : 1);
            var classes = Enumerable.Repeat(-1, size).ToArray();
            foreach (var (index, id) in categoryIds.Index())
            {
                classes[id] = index;
            }

            return classes;
        }

        var plain = Enumerable.Range(0, categoryIds.Count);
        return description.Background switch
        {
            BackgroundClass.First => [-1, .. plain],
            BackgroundClass.Last => [.. plain, -1],
            _ => [.. plain],
        };
    }
}
