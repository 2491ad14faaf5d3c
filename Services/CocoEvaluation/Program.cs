using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Messaging.Images;
using QatPipeline.ServiceDefaults.Natives;
using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<EvaluateStage>());
builder.AddNatives(OrtNative.Component);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
