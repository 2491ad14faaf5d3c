using QatPipeline.Coco.Data;
using QatPipeline.Stages.Datasets;

namespace QatPipeline.Cli.Output;

/// <summary>Says on the error output what was mended or passed over in a data set, so that figures are read with it in mind.</summary>
internal static class DatasetRemarks
{
    public static async Task WriteAsync(CocoDataset dataset)
    {
        foreach (var remark in dataset.Remarks)
        {
            await Console.Error.WriteLineAsync($"note: {dataset.Source}: {remark}");
        }
    }

    /// <summary>The same of a run, from its index of pictures.</summary>
    public static async Task WriteAsync(string indexFile, CancellationToken cancellationToken)
    {
        var index = await DatasetIndex.ReadAsync(indexFile, cancellationToken);
        foreach (var remark in index.Remarks ?? [])
        {
            await Console.Error.WriteLineAsync($"note: {remark}");
        }

        if (index.Skipped.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                $"note: {index.Skipped.Count} pictures left out, as {indexFile} says (the first: {index.Skipped[0].Reason})");
        }
    }
}
