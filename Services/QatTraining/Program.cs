using QatPipeline.Messaging.Images;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Ranks;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Torch.Native;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<TrainFloatStage>().AddStage<QatStage>());
builder.AddNatives(TorchNative.Component);
builder.AddImageSource();

var app = builder.Build();
if (RankProgram.IsAskedFor(args))
{
    return await RankProgram.RunAsync(args, app.Services.GetRequiredService<IImageSource>());
}

app.MapDefaultEndpoints();
app.Run();
return 0;
