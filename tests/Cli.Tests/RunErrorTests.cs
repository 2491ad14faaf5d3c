namespace QatPipeline.Cli.Tests;

/// <summary>What goes wrong with a user's files: one clear line each, and nothing half-written.</summary>
public sealed class RunErrorTests : IDisposable
{
    private readonly SmallJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task MissingImage_NamesThePicture()
    {
        File.Delete(_job.PathOf("images", "1.png"));
        await AssertErrorAsync("images/1.png: no such image file");
    }

    [Fact]
    public async Task EmptyDataset_NamesTheFile()
    {
        _job.WriteAnnotations(images: 0);
        await AssertErrorAsync("annotations.json: the data set has no images");
    }

    [Fact]
    public async Task CategoriesThatAreNotTheModels_GivesBothNumbers()
    {
        // 3 + 5 divides the output of the model with 11 + 5 columns: a check of sizes alone would read nonsense from it.
        _job.WriteModel(classes: 11);
        await AssertErrorAsync(", 16] are of no layout that is known for the 3 classes of the data sets", "another number of classes");
    }

    [Fact]
    public async Task NaNInWeights_NamesTheConstant()
    {
        _job.WriteModel(weight: float.NaN);
        await AssertErrorAsync("'w' holds NaN");
    }

    [Fact]
    public async Task ModelWithoutConv_SaysThereIsNothingToQuantize()
    {
        _job.WriteModelWithoutConv();
        await AssertErrorAsync("has no Conv");
    }

    [Fact]
    public async Task TypoInTheSpecification_NamesLineAndKey()
    {
        _job.Specification = _job.Specification.Replace("validation:", "validatoin:", StringComparison.Ordinal);
        await AssertErrorAsync("run.yaml:8", "validatoin");
    }

    [Fact]
    public async Task UnwritableOutputFolder_EndsBeforeAnythingIsComputed()
    {
        await File.WriteAllTextAsync(_job.PathOf("out"), "a file where the folder should be", TestContext.Current.CancellationToken);
        var (exitCode, error) = await _job.RunAsync();
        Assert.Equal(2, exitCode);
        Assert.Contains(_job.PathOf("out"), Assert.Single(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorrectedInput_RunsInTheSameFolder()
    {
        _job.WriteModel(weight: float.NaN);
        await AssertErrorAsync("NaN");
        _job.WriteModel();

        var (exitCode, error) = await _job.RunAsync();

        Assert.True(exitCode == 0, string.Join('\n', error));
        Assert.True(File.Exists(_job.PathOf("out", "report.json")));
    }

    private async Task AssertErrorAsync(params string[] parts)
    {
        var (exitCode, error) = await _job.RunAsync();

        Assert.Equal(2, exitCode);
        var line = Assert.Single(error);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.False(File.Exists(_job.PathOf("out", "report.json")));
        var temporary = _job.PathOf("out", "store", ".tmp");
        Assert.Empty(Directory.Exists(temporary) ? Directory.GetFileSystemEntries(temporary) : []);
    }
}
