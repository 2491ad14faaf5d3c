using QatPipeline.Coco.Data;

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
}
