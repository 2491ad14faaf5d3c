using QatPipeline.Cli;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Ranks;

return RankProgram.IsAskedFor(args)
    ? await RankProgram.RunAsync(args, new KeptImageSource(new LocalImageSource()))
    : await QatCommandLine.RunAsync(args);
